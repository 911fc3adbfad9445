-- What a workstation may ask; each function asks for the session, or counts the try, itself.
GRANT EXECUTE ON FUNCTION auth.sign_in_with_badge, auth.keep_badge_and_pin, auth.drop_badge,
    auth.badge_holders, auth.give_badge, auth.take_badge, auth.witness
    TO ward_client;
-- invented people of demonstrations have badges from the start
GRANT EXECUTE ON FUNCTION auth.badge_hash TO ward_loader;
