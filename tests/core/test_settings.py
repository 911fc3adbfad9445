"""Settings: where they come from, which wins, what is refused."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from ward_app.core.environment import Environment
from ward_app.core.errors import ConfigurationError, TlsError
from ward_app.core.places import places
from ward_app.core.settings import KEYS, DatabaseSettings, PoolSettings, Settings, load_settings


@pytest.fixture
def load(tmp_path):
    """Load settings from the text of a file and an environment of our own."""

    def load(text="", **environment):
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        return load_settings(file, environment)

    return load


def keys_of(settings, section=""):
    for name, kind in get_type_hints(settings).items():
        if is_dataclass(kind):
            yield from keys_of(kind, f"{section}{name}.")
        else:
            yield f"{section}{name}"


def test_that_every_setting_has_a_key_and_every_key_a_setting():
    assert sorted(keys_of(Settings)) == sorted(KEYS)


def test_that_nothing_configured_means_the_defaults(load, tmp_path):
    assert load() == Settings()
    assert load_settings(tmp_path / "missing.toml", {}) == Settings()
    assert Settings().environment is Environment.PRODUCTION
    assert Settings().database.sslmode == "verify-full"
    assert Settings().database.pool == PoolSettings(min=1, max=4, timeout_s=10)


def test_that_the_defaults_are_themselves_allowed():
    for key, reader in KEYS.items():
        value = Settings()
        for word in key.split("."):
            value = getattr(value, word)
        assert reader(value) == value


def test_that_environment_beats_address_beats_file(load):
    text = '[database]\nhost = "file"\nname = "file"\nuser = "file"\n[database.pool]\nmax = 2'
    settings = load(
        text,
        DATABASE_URL="postgresql://address:5433/address?sslmode=require&connect_timeout=9",
        WARD_DATABASE__HOST="environment",
        WARD_ENVIRONMENT="training",
        WARD_HOME="/somewhere",
        WARD_SOMETHING_ELSE="1",
    )
    assert settings.environment is Environment.TRAINING
    assert settings.database == DatabaseSettings(
        host="environment",
        port=5433,
        name="address",
        user="file",
        sslmode="require",
        connect_timeout_s=9,
        pool=PoolSettings(max=2),
    )


@pytest.mark.parametrize(
    ("text", "environment", "said"),
    [
        ("[database]\nport = 'x'", {}, r"database\.port \(.*\) must be a whole number from 1 to"),
        ("[database]\nport = 65536", {}, "from 1 to 65535"),
        ("[database]\nport = true", {}, "from 1 to 65535"),
        ("[database]\nport = 5432.0", {}, "from 1 to 65535"),
        ("[database]\nhost = 1", {}, r"database\.host \(.*\) must be text"),
        ("[database]\nsslmode = 'prefer'", {}, "one of disable, require, verify-ca"),
        ("[database]\nallow_insecure = 'yes'", {}, r"allow_insecure \(.*\) must be true or false"),
        ("[database]\nallow_insecure = ['true']", {}, "true or false"),
        (
            "environment = 'prod'",
            {},
            "one of development, demo, test, training, staging, production",
        ),
        ("[database]\nprot = 1", {}, r"database\.prot \(.*\) is not known; known are .*port"),
        ("[databse]\nport = 1", {}, r"databse\.port .* is not known"),
        ("enviroment = 'test'", {}, "known are environment"),
        ("", {"WARD_DATABASE__PORT": "-1"}, r"database\.port \(WARD_DATABASE__PORT\)"),
        ("", {"WARD_DATABASE__PRT": "1"}, r"database\.prt \(WARD_DATABASE__PRT\)"),
        ("", {"DATABASE_URL": "mysql://x"}, "DATABASE_URL is not a PostgreSQL address"),
        ("", {"DATABASE_URL": "postgresql://x/y?keepalives=1"}, "keepalives is not known"),
        ("", {"DATABASE_URL": "postgresql://x/y?sslmode=allow"}, "one of disable, require"),
        ("x =", {}, "is not valid TOML"),
        ("[badge]\nprefix = 'a b'", {}, "up to 8 signs"),
        ("[badge]\nprefix = 'far too long'", {}, "up to 8 signs"),
        ("[badge]\nprefix = 7", {}, "up to 8 signs"),
    ],
)
def test_that_a_wrong_setting_is_named_with_what_is_allowed(load, text, environment, said):
    with pytest.raises(ConfigurationError, match=said):
        load(text, **environment)


def test_that_everything_wrong_is_said_at_once(load):
    with pytest.raises(ConfigurationError, match=r"port.*sslmode.*maxx"):
        load("[database]\nport = 0\nsslmode = 'no'\n[database.pool]\nmaxx = 3")


def test_that_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        load_settings(tmp_path / "config.toml", {})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(tmp_path, {})


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        ("[database]\npassword = 'hunter2'", {}),
        ("[database]\nPassword = 'hunter2'", {}),
        ("[database]\nuser_secret = 'hunter2'", {}),
        ("[encryption]\ndata_key = 'hunter2'", {}),
        ("[encryption]\npassphrase = 'hunter2'", {}),
        ("[database]\nurl = 'postgresql://nurse:hunter2@db/ward'", {}),
        ("", {"DATABASE_URL": "postgresql://nurse:hunter2@db/ward"}),
    ],
)
def test_that_a_password_is_refused_and_not_repeated(load, text, environment):
    """[C24]"""
    with pytest.raises(ConfigurationError, match=r"contains a password.*keyring") as refusal:
        load(text, **environment)
    assert "hunter2" not in str(refusal.value)


def test_that_a_value_in_the_wrong_place_is_not_repeated(load):
    with pytest.raises(ConfigurationError) as refusal:
        load("[database]\nport = 'hunter2'")
    assert "hunter2" not in str(refusal.value)


def test_that_the_connection_has_no_password_and_ends_long_statements():
    """[C07] [C09] [C24]"""
    conninfo = DatabaseSettings(host="/run/ward", user="ws_desk").conninfo()
    assert conninfo == {
        "host": "/run/ward",
        "port": 5432,
        "dbname": "ward",
        "user": "ws_desk",
        "connect_timeout": 5,
        "application_name": "ward-app",
        "options": "-c statement_timeout=30000",
    }


def test_that_a_network_connection_is_encrypted_and_notices_silence():
    """[C07]"""
    settings = DatabaseSettings(
        host="db.example",
        user="ws_desk",
        sslrootcert="/etc/ca.pem",
        sslcert="/etc/desk.pem",
        sslkey="/etc/desk.key",
    )
    expected = {
        "sslmode": "verify-full",
        "channel_binding": "require",
        "require_auth": "scram-sha-256",
        "sslrootcert": "/etc/ca.pem",
        "sslcert": "/etc/desk.pem",
        "sslkey": "/etc/desk.key",
        "tcp_user_timeout": 60_000,
        "keepalives_idle": 30,
    }
    assert expected.items() <= settings.conninfo().items()
    plain = DatabaseSettings(host="db.example", user="ws_desk", sslmode="disable").conninfo()
    assert "channel_binding" not in plain
    assert "sslrootcert" not in plain


@pytest.mark.parametrize(
    ("missing", "settings"),
    [("host", DatabaseSettings(user="ws_desk")), ("user", DatabaseSettings(host="db"))],
)
def test_that_an_unconfigured_database_says_where_to_configure_it(missing, settings):
    with pytest.raises(ConfigurationError, match=rf"database\.{missing} is empty.*config\.toml"):
        settings.conninfo()


POOLED = {
    "WARD_DATABASE__DIRECT_URL": "postgresql://db.example:5433/ward_7",
    "DATABASE_URL": "postgresql://ws_a@pool.example:6432/ward?sslmode=verify-full&pgbouncer=true",
}


def test_that_an_address_may_say_that_pgbouncer_is_in_between(load):
    """[L14] As other programs write it; the rest of the address counts as before."""
    database = load(**POOLED).database
    assert database.via_pgbouncer
    assert (database.host, database.port, database.user) == ("pool.example", 6432, "ws_a")
    without = POOLED | {"DATABASE_URL": "postgresql://ws_a@db.example/ward?pgbouncer=false"}
    assert not load(**without).database.via_pgbouncer


def test_that_behind_pgbouncer_nothing_is_asked_for_that_it_cannot_do(load):
    """[L13] [Z15] It refuses options at the connecting, and cannot bind a channel."""
    pooled = load(**POOLED).database
    assert pooled.conninfo().keys() & {"options", "channel_binding"} == set()
    assert pooled.conninfo()["sslmode"] == "verify-full"
    assert pooled.conninfo()["require_auth"] == "scram-sha-256"


def test_that_a_direct_connection_goes_past_pgbouncer(load):
    """[L13] [M22]"""
    direct = load(**POOLED).database.direct
    assert (direct.host, direct.port, direct.name) == ("db.example", 5433, "ward_7")
    assert not direct.via_pgbouncer
    assert direct.user == "ws_a"
    assert direct.conninfo()["channel_binding"] == "require"
    assert direct.direct is direct
    short = load(**(POOLED | {"WARD_DATABASE__DIRECT_URL": "host=db.example"}))
    assert (short.database.direct.port, short.database.direct.name) == (5432, "ward")


def test_that_pgbouncer_without_a_way_past_it_is_refused(load):
    with pytest.raises(ConfigurationError, match=r"also needs database\.direct_url"):
        load('[database]\nhost = "pool"\nvia_pgbouncer = true')


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://it@db.example/ward",
        "postgresql://:hunter2@db.example/ward",
        "dbname=ward",
        "x y",
    ],
)
def test_that_the_way_past_it_is_an_address_and_nothing_more(load, address):
    with pytest.raises(ConfigurationError, match=r"database\.direct_url") as refused:
        load(**(POOLED | {"WARD_DATABASE__DIRECT_URL": address}))
    assert "hunter2" not in str(refused.value)


def test_that_the_way_past_it_must_be_as_safe(load):
    text = '[database]\nhost = "/run/pgbouncer"\nvia_pgbouncer = true\nsslmode = "require"\n'
    with pytest.raises(TlsError):
        load(text + 'direct_url = "postgresql://db.example/ward"')
    assert load(text + 'direct_url = "host=/run/postgresql"').database.direct.on_socket


def test_that_ward_home_names_another_installation(tmp_path):
    found = places({"WARD_HOME": str(tmp_path)})
    assert (found.config_file, found.data_dir) == (tmp_path / "config.toml", tmp_path)
    assert found.cluster_dir == tmp_path / "cluster"
    usual = places({})
    assert usual.config_file.name == "config.toml"
    assert usual.data_dir != tmp_path
    assert places({"WARD_HOME": ""}) == usual


def test_that_ward_home_may_be_relative_and_in_the_users_folder():
    assert places({"WARD_HOME": "here"}).data_dir == Path.cwd() / "here"
    assert places({"WARD_HOME": "~/ward"}).data_dir == Path.home() / "ward"


def test_that_settings_cannot_be_changed_afterwards():
    for settings in (Settings(), DatabaseSettings(), PoolSettings()):
        name = fields(settings)[0].name
        with pytest.raises(AttributeError):
            setattr(settings, name, "changed")


WEAK = ("disable", "require", "verify-ca")


@pytest.mark.parametrize("sslmode", WEAK)
def test_that_patients_are_cared_for_over_proved_connections_only(load, sslmode):
    """[F01] [C21] A copy of them too. Unless somebody says that it is meant so."""
    network = f"[database]\nhost = 'db.example'\nsslmode = '{sslmode}'\n"
    named = [f"environment = '{each}'\n{network}" for each in ("staging", "production")]
    for text in (network, *named):
        with pytest.raises(TlsError, match=f"sslmode is {sslmode}.*verify-full"):
            load(text)
    meant = load(f"{network}allow_insecure = true")
    assert meant.database.sslmode == sslmode
    assert load(network, WARD_DATABASE__ALLOW_INSECURE="true") == meant
    with pytest.raises(TlsError):
        load(network, WARD_DATABASE__ALLOW_INSECURE="false")


@pytest.mark.parametrize("sslmode", WEAK)
@pytest.mark.parametrize("environment", ["development", "demo", "test", "training"])
def test_that_where_nobody_is_real_a_weaker_connection_will_do(load, environment, sslmode):
    """[C21]"""
    text = f"environment = '{environment}'\n[database]\nhost = 'db'\nsslmode = '{sslmode}'"
    assert load(text).database.sslmode == sslmode


def test_that_a_socket_of_this_computer_needs_no_proof(load):
    for host in ("/run/ward", ""):
        load(f"environment = 'production'\n[database]\nhost = '{host}'\nsslmode = 'disable'")


@pytest.mark.parametrize(
    ("variables", "key", "value"),
    [
        ({"POSTGRES_HOST": "db"}, "database.host", "db"),
        ({"POSTGRES_DB": "ward_7"}, "database.name", "ward_7"),
        ({"POSTGRES_PORT": "5433"}, "database.port", 5433),
        ({"POSTGRES_CONNECTION_TIMEOUT": "10000"}, "database.connect_timeout_s", 10),
        ({"DATABASE_CONNECTION_TIMEOUT": "2500"}, "database.connect_timeout_s", 3),
        ({"POSTGRES_IDLE_TIMEOUT": "30000"}, "database.pool.idle_s", 30),
        ({"DB_POOL_TIMEOUT": "7"}, "database.pool.timeout_s", 7),
        ({"DB_SOCKET_TIMEOUT": "50"}, "database.socket_timeout_s", 50),
        ({"DATABASE_QUERY_TIMEOUT": "2000"}, "database.query_timeout_ms", 2000),
        ({"DB_RETRY_BACKOFF": "1.5"}, "retry.backoff", 1.5),
        ({"DB_MAX_RETRIES": ""}, "retry.max", 3),
        ({"USE_POSTGRES": "true"}, "storage.backend", "postgresql"),
        ({"USE_POSTGRES": "false"}, "storage.backend", "demo"),
        ({"DATABASE_POOL_SIZE": "300"}, "database.pool.fleet_budget", 300),
        (
            {"DB_HEALTH_CHECK_INTERVAL": "9000", "DATABASE_HEALTH_CHECK_INTERVAL": "9000"},
            "health.interval_ms",
            9000,
        ),
        ({"DATABASE_URL": "postgresql://db/w?connection_limit=5"}, "database.pool.max", 5),
        ({"DATABASE_URL": "postgresql://db/w?pool_timeout=8"}, "database.pool.timeout_s", 8),
        ({"DATABASE_URL": "postgresql://db/w?socket_timeout=45"}, "database.socket_timeout_s", 45),
        (
            {"DATABASE_URL": "postgresql://db/w?statement_cache_size=500"},
            "database.pool.prepared_max",
            500,
        ),
        ({"WARD_DATABASE__URL": "postgresql://db:6000/w"}, "database.port", 6000),
    ],
)
def test_that_the_names_of_other_programs_are_understood_in_their_units(
    load, variables, key, value
):
    """[C02] [C05] [C06] [C08] [C11] [C12] [C14] [C16] [C04] [C07] [C09] [C10] [C15]"""
    found = load(**variables)
    for word in key.split("."):
        found = getattr(found, word)
    assert found == value


def test_that_other_programs_names_beat_the_file_and_lose_to_ours(load):
    text = "[retry]\nmax = 1\n"
    assert load(text, DB_MAX_RETRIES="2").retry.max == 2
    assert load(text, DB_MAX_RETRIES="2", WARD_RETRY__MAX="5").retry.max == 5


def test_that_a_server_asked_for_beats_a_demo_in_the_file(load):
    """[P15]"""
    text = "[storage]\nbackend = 'demo'\n"
    assert load(text).storage.backend == "demo"
    assert load(text, USE_POSTGRES="true").storage.backend == "postgresql"


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("postgresql", ["true", "True", "TRUE", "1", "yes", "on", " true "]),
        ("demo", ["false", "False", "0", "no", "Off"]),
    ],
)
def test_that_each_usual_word_of_another_program_says_whether_it_is_a_server(load, backend, words):
    """Such a word stands in the environment of the nightly backup too, which must not fail."""
    found = {word: load(USE_POSTGRES=word).storage.backend for word in words}
    assert set(found.values()) == {backend}, found


@pytest.mark.parametrize(
    ("text", "variables", "said"),
    [
        ("", {"POSTGRES_POOL_MAX": "3", "DB_CONNECTION_LIMIT": "4"},
         "POSTGRES_POOL_MAX and DB_CONNECTION_LIMIT disagree on database.pool.max"),
        ("", {"DATABASE_URL": "postgresql://a/w", "POSTGRES_HOST": "b"},
         "DATABASE_URL and POSTGRES_HOST disagree on database.host"),
        ("[database]\nhost = 'a'\nurl = 'postgresql://b/w'", {},
         r"config.toml and database.url in .* disagree on database.host"),
        ("[database.pool]\nmin = 4\nmax = 2", {}, "least may not be more than the most"),
        ("[database.pool]\nmax = 20", {}, "six connections.*profile"),
        ("[database]\nhost = 'a,b,c'\nport = '1,2'", {}, "one port for all hosts"),
        ("[database]\nport = '1,x'", {}, "from 1 to 65535"),
        ("[retry]\nbackoff = 'nan'", {}, "a number from 1 to 10"),
        ("[retry]\njitter = true", {}, "a number from 0 to 1"),
        ("[downtime]\ncopy_interval_s = 121", {}, "from 1 to 120"),
        ("[storage]\nbackend = 'demo'", {"DATABASE_URL": "postgresql://a/w"}, "Invented patients"),
        ("", {"USE_POSTGRES": "perhaps"}, r"\(USE_POSTGRES\) must be true .* or false "),
        ("", {"USE_POSTGRES": "postgresql"}, r"\(USE_POSTGRES\) must be true .* or false "),
        ("", {"POSTGRES_PASSWORD": "hunter2"}, "password in POSTGRES_PASSWORD.*keyring"),
    ],
)  # fmt: skip
def test_that_settings_that_contradict_each_other_are_refused(load, text, variables, said):
    """[C08]"""
    with pytest.raises(ConfigurationError, match=said) as refused:
        load(text, **variables)
    assert "hunter2" not in str(refused.value)


def test_that_encryption_asked_for_elsewhere_is_not_dropped(load):
    """[C03]"""
    text = "environment = 'test'\n[database]\nhost = 'db'\nsslmode = 'disable'"
    assert load(text).database.sslmode == "disable"
    with pytest.raises(TlsError, match="POSTGRES_SSL"):
        load(text, POSTGRES_SSL="true")


def test_that_a_profile_gives_the_pool_its_size_unless_one_is_named(load):
    """[L16] [Z1] [C04]"""
    pool = load("[database.pool]\nprofile = 'server'").database.pool
    assert (pool.min, pool.max) == (5, 20)
    pool = load("[database.pool]\nprofile = 'service'\nmax = 30").database.pool
    assert (pool.min, pool.max) == (2, 30)
    pool = load("[database.pool]\nprofile = 'service'\nmax = 1").database.pool
    assert (pool.min, pool.max) == (1, 1)


def test_that_an_address_may_be_in_the_file(load):
    """[C01]"""
    text = "[database]\nurl = 'postgresql://ws_a@db:5433/ward_7?socket_timeout=40'\n"
    database = load(text).database
    assert (database.host, database.port, database.name) == ("db", 5433, "ward_7")
    assert (database.user, database.socket_timeout_s) == ("ws_a", 40)


def test_that_of_several_servers_the_writable_one_is_asked_for(load):
    """[R01]"""
    url = "postgresql://ws_a@one.example:5432,two.example:5433/ward"
    database = load(DATABASE_URL=url).database
    asked = database.conninfo()
    assert (asked["host"], asked["port"]) == ("one.example,two.example", "5432,5433")
    assert asked["target_session_attrs"] == "read-write"
    assert "target_session_attrs" not in DatabaseSettings(host="a", user="b").conninfo()
    assert DatabaseSettings(host="/a,/b").on_socket
    assert not DatabaseSettings(host="/a,db").on_socket


def test_that_a_replica_is_the_same_database_elsewhere_and_as_safe(load):
    """[C13]"""
    text = "[database]\nhost = 'db'\nuser = 'ws_a'\nreplica_url = 'postgresql://two:5433'\n"
    replica = load(text).database.replica
    assert (replica.host, replica.port, replica.name, replica.user) == (
        "two", 5433, "ward", "ws_a")  # fmt: skip
    assert load(text + "replica_enabled = false").database.replica is None
    assert load().database.replica is None
    with pytest.raises(TlsError):
        load(
            "[database]\nhost = '/run/ward'\nsslmode = 'require'\n"
            "replica_url = 'postgresql://two/ward'"
        )


def test_that_behind_pgbouncer_statements_are_prepared_only_where_it_can(load):
    """[C06] [Z15]"""
    assert load().database.prepare_threshold == 5
    assert load(**POOLED).database.prepare_threshold is None
    newer = load(**POOLED, WARD_DATABASE__PGBOUNCER_PREPARES="true").database
    assert newer.prepare_threshold == 5
