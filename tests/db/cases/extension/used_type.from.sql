CREATE SCHEMA app;
CREATE TABLE app.people (id integer PRIMARY KEY);
INSERT INTO app.people VALUES (1), (2);
