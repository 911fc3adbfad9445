"""Which of several servers is tried first."""

from __future__ import annotations

import pytest

from ward_app.core.hosts import Hosts


@pytest.fixture
def hosts():
    return Hosts({"host": "db1, db2,db3", "port": 5432, "connect_timeout": 9, "user": "ws_a"})


def test_that_one_server_has_all_the_time(hosts):
    alone = Hosts({"host": "db1", "port": 5432, "connect_timeout": 5, "user": "ws_a"})
    assert alone.arguments() == {
        "host": "db1",
        "port": "5432",
        "connect_timeout": 5,
        "user": "ws_a",
    }


def test_that_servers_are_tried_in_the_order_of_the_settings(hosts):
    assert hosts.arguments() == {
        "host": "db1,db2,db3",
        "port": "5432,5432,5432",
        "connect_timeout": 3,
        "user": "ws_a",
    }


def test_that_the_server_that_answered_last_is_tried_first(hosts):
    hosts.note("db3", 5432)
    assert hosts.arguments()["host"] == "db3,db1,db2"
    hosts.note("db1", 5432)
    assert hosts.arguments()["host"] == "db1,db3,db2"


def test_that_each_host_keeps_its_own_port():
    two = Hosts({"host": "db,db", "port": "5432,5433", "connect_timeout": 5})
    two.note("db", 5433)
    assert two.arguments()["port"] == "5433,5432"


def test_that_only_another_server_than_before_is_a_move(hosts):
    assert not hosts.note("db2", 5432)
    assert not hosts.note("db2", 5432)
    assert hosts.note("db1", 5432)


def test_that_nobody_is_waited_for_less_than_libpq_can():
    many = Hosts({"host": "a,b,c,d", "port": 5432, "connect_timeout": 5})
    assert many.arguments()["connect_timeout"] == 2
