-- What a workstation may ask of accounts besides; each asks for the session and its permission.
GRANT EXECUTE ON FUNCTION auth.accounts, auth.sign_ins, auth.role_catalogue TO ward_client;
