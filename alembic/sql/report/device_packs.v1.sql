-- The kinds of device as delivered; a changed file is another version and another script.
GRANT INSERT ON report.device_packs, report.device_settings TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO report.device_packs (id, name, version, hash, schemes, kinds) VALUES
('93f5ae5b-5a81-59a4-a3e6-f9a3bfdaa156', 'devices', '1',
 '97d5775a54b0fbd15d647671ac42f27d2dd45f78586bec6a459e5bd5a5c182f6',
'[
 {"name": "vip", "title": "VIP", "act_from": 2, "signs": [{"name": "pain", "key": "P", "words": "Pain at the site or along the vein"}, {"name": "redness", "key": "R", "words": "Redness"}, {"name": "swelling", "key": "S", "words": "Swelling"}, {"name": "induration", "key": "I", "words": "Induration (the vein is hard)"}, {"name": "cord", "key": "C", "words": "Palpable venous cord"}, {"name": "fever", "key": "F", "words": "Fever"}], "levels": [{"score": 0, "at_least": 0, "of": []}, {"score": 1, "at_least": 1, "of": ["pain", "redness", "swelling", "induration", "cord"]}, {"score": 2, "at_least": 2, "of": ["pain", "redness", "swelling", "induration", "cord"]}, {"score": 2, "at_least": 1, "of": ["induration", "cord"]}, {"score": 3, "at_least": 3, "of": ["pain", "redness", "induration"]}, {"score": 4, "at_least": 4, "of": ["pain", "redness", "induration", "cord"]}, {"score": 5, "at_least": 5, "of": ["pain", "redness", "induration", "cord", "fever"]}], "actions": ["observe", "observe", "resite", "resite and consider treatment", "resite and consider treatment", "resite and start treatment"]},
 {"name": "look", "title": "Look", "act_from": 1, "signs": [{"name": "redness", "key": "R", "words": "Redness"}, {"name": "pain", "key": "P", "words": "Pain"}, {"name": "discharge", "key": "D", "words": "Discharge"}, {"name": "leaking", "key": "L", "words": "Leaking"}, {"name": "blocked", "key": "B", "words": "Blocked"}, {"name": "moved", "key": "M", "words": "Moved or loose"}], "levels": [{"score": 0, "at_least": 0, "of": []}, {"score": 1, "at_least": 1, "of": ["redness", "pain", "discharge", "leaking", "blocked", "moved"]}], "actions": ["observe", "have it looked at"]}]',
'[
 {"name": "peripheral_cannula", "key": "P", "title": "Peripheral cannula", "scheme": "vip", "size_hint": "gauge, e.g. 20 G", "sites": "hand, wrist, forearm, elbow crease, upper arm, foot"},
 {"name": "midline", "key": "M", "title": "Midline catheter", "scheme": "vip", "size_hint": "e.g. 4 Fr, 10 cm", "sites": "upper arm, elbow crease"},
 {"name": "picc", "key": "K", "title": "PICC", "scheme": "vip", "size_hint": "e.g. 5 Fr, 42 cm", "sites": "upper arm"},
 {"name": "central_line", "key": "C", "title": "Central line", "scheme": "vip", "size_hint": "e.g. 7 Fr, 3 lumens", "sites": "neck, under the collarbone, groin"},
 {"name": "arterial_line", "key": "A", "title": "Arterial line", "scheme": "vip", "size_hint": "gauge, e.g. 20 G", "sites": "wrist, groin, elbow crease"},
 {"name": "urinary_catheter", "key": "U", "title": "Urinary catheter", "scheme": "look", "size_hint": "e.g. 14 Ch", "sites": "urethra, above the pubic bone"},
 {"name": "nasogastric_tube", "key": "G", "title": "Nasogastric tube", "scheme": "look", "size_hint": "e.g. 12 Fr, 55 cm", "sites": "nostril"},
 {"name": "drain", "key": "D", "title": "Drain", "scheme": "look", "size_hint": "e.g. 24 Fr", "sites": "chest, abdomen, wound"},
 {"name": "other", "key": "O", "title": "Other device", "scheme": "look", "size_hint": "", "sites": ""}]');

-- How often a site is looked at until the hospital sets its own numbers. No source says so for
-- every kind: open-eObs scores the site of a cannula anew every day, which is the longest here;
-- what lies in a vessel is looked at three times a day. How long a device may stay is not set.
INSERT INTO report.device_settings (id, kind, check_minutes, source) VALUES
('aeff9c64-41e4-5183-9940-707a4909698d', 'peripheral_cannula', 480,
    'As delivered, on the safe side; to be confirmed locally.'),
('e636bbdd-ef14-5e70-8ce2-1b5e03bd27aa', 'midline', 480,
    'As delivered, on the safe side; to be confirmed locally.'),
('aaf97a5b-43e5-51a6-839f-83fddad6355e', 'picc', 480,
    'As delivered, on the safe side; to be confirmed locally.'),
('876c0013-5637-5f75-9240-2db59b8b0d7a', 'central_line', 480,
    'As delivered, on the safe side; to be confirmed locally.'),
('f53dafc7-e347-5747-b63d-011c7572c2f8', 'arterial_line', 480,
    'As delivered, on the safe side; to be confirmed locally.'),
('058667fa-b687-56ab-94a2-528cf7897850', 'urinary_catheter', 1440,
    'As delivered, on the safe side; to be confirmed locally.'),
('83c212c3-952e-5702-a4b1-fe3a53fe31a8', 'nasogastric_tube', 1440,
    'As delivered, on the safe side; to be confirmed locally.'),
('5b6bf6cf-d150-5703-9ba4-61c0b973e89d', 'drain', 1440,
    'As delivered, on the safe side; to be confirmed locally.'),
('727bd6ae-31fe-5c3d-8f9b-ad96529a7a50', 'other', 1440,
    'As delivered, on the safe side; to be confirmed locally.');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON report.device_packs, report.device_settings FROM ward_definer;
