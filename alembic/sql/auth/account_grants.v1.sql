-- What a workstation may ask of accounts; each asks for the session and its permission itself.
GRANT EXECUTE ON FUNCTION auth.sign_in_v2, auth.change_password, auth.create_account,
    auth.reset_password, auth.set_account_active, auth.expire_password, auth.set_account_end,
    auth.give_role, auth.take_role, auth.give_ward, auth.take_ward, auth.unlock_account,
    auth.account_ids TO ward_client;
