-- loses: app.b
CREATE SCHEMA app;
CREATE TABLE app.a (id serial PRIMARY KEY);
INSERT INTO app.a DEFAULT VALUES;
