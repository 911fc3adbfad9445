"""Messages as tests send and answer them."""

from tests import world
from ward_app.core.ids import new_id
from ward_app.messages.queries import my_messages
from ward_app.messages.service import acknowledge_message, send_message
from ward_app.messages.types import NewMessage

EAST, WEST = world.id_of("east"), world.id_of("west")


def new(**changes):
    values = {"id": new_id(), "ward_id": EAST, "to_role": "doctor", "body": "Please ring"}
    return NewMessage(**(values | changes))


def send(database, actor, **changes):
    message = new(**changes)
    database.run(actor, send_message, message)
    return message.id


def box(database, actor):
    return database.run(actor, my_messages).messages


def one(database, actor):
    [message] = box(database, actor)
    return message


def acknowledge(database, actor, message_id):
    database.run(actor, acknowledge_message, new_id(), message_id)


def grow_old(admin, minutes):
    """Let every message have been sent so long ago; nobody but the server can."""
    admin.execute("SET session_replication_role = replica")
    admin.execute(
        "UPDATE public.messages SET recorded_at = recorded_at - make_interval(mins => %s)",
        (minutes,),
    )
    admin.execute("SET session_replication_role = origin")
