-- Passwords that are guessed first, in lower case. Compiled by hand for Ward App from what every
-- published ranking of leaked passwords has in common (counting, rows of keys, doubled words, the
-- words below with figures after them); free to use under the licence of the program. Words
-- shorter than 12 letters count too: figures and signs around them do not make them better.

GRANT SELECT, INSERT ON public.common_passwords TO ward_definer;
GRANT SELECT, INSERT ON public.common_passwords TO ward_loader;
SET LOCAL ROLE ward_definer;
INSERT INTO public.common_passwords (id, password, source)
SELECT public.gen_random_uuid(), w.password, 'Ward App, first list'
FROM unnest(ARRAY[
    '012345678910', '0123456789012', '098765432109', '0987654321098', '111122223333',
    '112233445566', '121212121212', '123123123123', '123321123321',
    '123451234512', '123456123456', '123456789012',
    '1234567890123', '12345678901234', '123456789012345', '1234567890123456', '1234567890qwe',
    '1234567890qwerty', '123456654321', '1234567887654321', '123456789123', '123456789987654321',
    '123456789abc', '123456789qwe', '123456qwerty', '1234qwerasdf', '1234qwerasdfzxcv',
    '123abc123abc', '123qwe123qwe', '123qweasdzxc', '135792468012', '147258369147',
    '147852369147', '159753159753', '1a2b3c4d5e6f', '1q2w3e4r5t6y', '1q2w3e4r5t6y7u',
    '1q2w3e4r5t6y7u8i', '1q2w3e4r5t6y7u8i9o0p', '1qaz1qaz1qaz', '1qaz2wsx3edc',
    '1qaz2wsx3edc4rfv', '1qaz@wsx#edc', '1qazxsw23edc', '246813579024', '7894561230123',
    '987654321012', '987654321098', '9876543210987', 'a1b2c3d4e5f6', 'a1s2d3f4g5h6',
    'abc123abc123', 'abcabcabcabc', 'abcd1234abcd', 'abcd1234efgh', 'abcdef123456',
    'abcdefghijk', 'abcdefghijkl', 'abcdefghijklm', 'abcdefghijklmnop',
    'abcdefghijklmnopqrstuvwxyz', 'admin1234567', 'admin123admin', 'adminadminadmin',
    'administrator', 'asdasdasdasd', 'asdfasdfasdf', 'asdfghjkl', 'asdfghjkl123', 'asdfghjklqwe',
    'asdfghjklzxcvbnm', 'asdfjklasdfjkl', 'basketball', 'batteryhorse', 'changeme', 'changemenow',
    'changepassword', 'chelseafootballclub', 'christmas', 'computer', 'consultant',
    'correct horse battery staple', 'correcthorsebatterystaple', 'defaultpassword', 'doctor',
    'dontforget', 'dragon', 'emergency', 'evangelion', 'facebook', 'firstpassword', 'flower',
    'football', 'forgetmenot', 'fuckyou', 'godisgood', 'guest', 'healthcare', 'hello', 'helloworld',
    'hospital', 'hospitalward', 'iforgot', 'iforgotmypassword', 'iloveyou', 'iloveyoubaby',
    'iloveyouforever', 'iloveyousomuch', 'internet', 'jesuschrist', 'jesusislord', 'jesuslovesme',
    'justinbieber', 'killer', 'leavemealone', 'letmein', 'letmeinnow', 'letmeinplease', 'linkinpark',
    'liverpool', 'liverpoolfc', 'login', 'loginlogin', 'lovelove', 'manchesterunited', 'master',
    'medicine', 'michaeljackson', 'microsoft', 'monday', 'monkey', 'motherfucker', 'mypassword',
    'mypasswordis', 'newpassword', 'nopassword', 'nothing', 'nurse', 'onetimepassword',
    'p@ssw0rd', 'p@ssword', 'passw0rd', 'password', 'passwordis', 'passwordone', 'passwords',
    'passphrase', 'passwort', 'patient', 'playstation', 'please', 'pokemon', 'princess',
    'q1w2e3r4t5y6', 'q1w2e3r4t5y6u7i8', 'qazqazqazqaz', 'qazwsx123456', 'qazwsxedc', 'qazwsxedc123',
    'qazwsxedcrfv', 'qazwsxedcrfvtgb', 'qqqqwwwweeee', 'qwaszxqwaszx', 'qwe123qwe123', 'qweasdzxc',
    'qweasdzxc123', 'qweqweqweqwe', 'qwer1234asdf', 'qwer1234qwer', 'qwerasdfzxcv', 'qwerty',
    'qwerty123456', 'qwerty123qwerty', 'qwertyqwerty', 'qwertyui', 'qwertyuiop', 'qwertyuiop12',
    'qwertyuiop[]', 'qwertyuiopas', 'qwertyuiopasdf', 'qwertyuiopasdfghjkl',
    'qwertyuiopasdfghjklzxcvbnm', 'qwertz', 'qwertzuiop', 'realmadrid', 'registrar', 'rosebud',
    'sausages', 'secret', 'secretpassword', 'security', 'september', 'shadow', 'soccer', 'spiderman',
    'starwars', 'stethoscope', 'strawberry', 'summer', 'sunshine', 'superman', 'supersecret',
    'supervisor', 'surgery', 'sysadmin', 'tempest', 'temporary', 'temppassword', 'testing',
    'testpassword', 'testtesttest', 'thankyou', 'theatre', 'thisisapassword', 'thisismypassword',
    'topsecret', 'trustno', 'trustnoone', 'unknown', 'user', 'username', 'wardmanager', 'welcome',
    'welcomehome', 'whatever', 'winter', 'yourpassword', 'zaq12wsxcde3', 'zaqxswcdevfr', 'zxcvbnm',
    'zxcvbnm12345', 'zxcvbnmasdfghjkl', 'zxcvbnmzxcvbnm', 'администратор', 'йцукен', 'йцукенгшщзхъ',
    'пароль'
]) w (password)
ON CONFLICT DO NOTHING;
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.common_passwords FROM ward_definer;
