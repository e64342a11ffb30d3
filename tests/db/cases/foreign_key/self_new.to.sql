-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.kept (id integer);
CREATE TABLE app.t (id integer PRIMARY KEY, up integer REFERENCES app.t ON DELETE CASCADE);
INSERT INTO app.kept VALUES (1);
