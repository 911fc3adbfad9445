/* Loaded before the C library of a test's server: its clock is off by the seconds in a file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile const long *off;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("JUMPING_CLOCK");
    int file = name ? open(name, O_RDONLY) : -1;

    if (file < 0)
        return;
    void *place = mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    if (place != MAP_FAILED)
        off = place;
    close(file);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    long done = syscall(SYS_gettimeofday, now, zone);

    if (done == 0 && now && off)
        now->tv_sec += *off;
    return (int) done;
}

time_t time(time_t *now)
{
    struct timeval found;

    gettimeofday(&found, NULL);
    if (now)
        *now = found.tv_sec;
    return found.tv_sec;
}
