"""What the words of a refused connection mean: libpq gives no SQLSTATE for those.

PostgreSQL runs with `lc_messages=C`. A broken connection may speak of SSL too, so only words that
belong to a refusal are looked for; the first that is found counts.
"""

from __future__ import annotations

from ward_app.core.errors import (
    ConfigurationError,
    DatabaseUnavailableError,
    TlsError,
    WardError,
)

NO_PLACE = (
    "The ward database has no place for another connection: too many are open. Nothing was "
    "saved; what you typed is kept. Try again in a moment, and tell IT if it goes on (WDB-104)."
)

READ_ONLY = (
    "The ward database can only be read just now. Nothing was saved; what you typed is kept. "
    "Try again in a moment, and tell IT if it goes on."
)

# words -> what it is -> what the user reads
CONNECT_TEXTS: tuple[tuple[tuple[str, ...], type[WardError], str], ...] = (
    (
        ("does not match host name",),
        TlsError,
        (
            "The server's certificate is for another name than the one in database.host, so this "
            "may be a false server. IT must write the name that the certificate bears into the "
            "settings, or give the server a certificate for its name."
        ),
    ),
    (
        ("root certificate file",),
        TlsError,
        (
            "The certificate authority of the ward database is missing on this workstation. IT "
            "must put its file there and name it in the settings (database.sslrootcert)."
        ),
    ),
    (
        ("does not support SSL",),
        TlsError,
        (
            "The ward database's server offers no encryption, so nothing was sent to it. IT must "
            "turn it on (ssl = on in postgresql.conf), or check database.host."
        ),
    ),
    (
        (
            "valid client certificate",
            "certificate authentication failed",
            "alert certificate required",
            "alert unknown ca",
            "alert certificate expired",
            "alert certificate revoked",
            "alert certificate unknown",
            "alert bad certificate",
            # what a certificate of a false authority with the right name comes to
            "alert decrypt error",
        ),
        TlsError,
        (
            "The ward database asks this workstation for a certificate of its own, and there is "
            "none that it accepts. IT must name its file and its key in the settings "
            "(database.sslcert, database.sslkey)."
        ),
    ),
    (
        ("private key file", "could not read certificate file", "could not load private key"),
        TlsError,
        (
            "This workstation's own certificate cannot be read. IT must check the files in the "
            "settings (database.sslcert, database.sslkey): the key may be readable by its owner "
            "alone."
        ),
    ),
    (
        ("certificate verify failed", "certificate has expired"),
        TlsError,
        (
            "The server's certificate cannot be trusted: another authority signed it than the one "
            "in database.sslrootcert, or it has expired. IT must check both, and the clock of "
            "this workstation."
        ),
    ),
    (
        ("no encryption",),
        TlsError,
        (
            "The ward database accepts encrypted connections only. IT must set database.sslmode "
            "to verify-full."
        ),
    ),
    (
        ("channel binding", "certificate"),
        TlsError,
        (
            "The connection to the ward database is not secure from end to end. IT must check its "
            "certificate and whether something stands between."
        ),
    ),
    (
        (
            "password authentication failed",
            "pg_hba.conf",
            "no password supplied",
            "not permitted to log in",
            "permission denied for database",
        ),
        ConfigurationError,
        (
            "The ward database does not accept this workstation. IT can enrol it again "
            "(wardctl workstation enrol)."
        ),
    ),
    (
        ("too many clients", "too many connections", "remaining connection slots"),
        DatabaseUnavailableError,
        NO_PLACE,
    ),
    (
        ("session is read-only", "server is in hot standby mode"),
        DatabaseUnavailableError,
        READ_ONLY,
    ),
    (
        ('" does not exist',),
        ConfigurationError,
        (
            "The server has no ward database of that name. IT must check database.name in the "
            "settings, or create it (wardctl init)."
        ),
    ),
)
