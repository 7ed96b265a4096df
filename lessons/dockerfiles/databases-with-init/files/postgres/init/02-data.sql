INSERT INTO berths (name, metres) VALUES ('north', 12), ('south', 18), ('west', 25);
