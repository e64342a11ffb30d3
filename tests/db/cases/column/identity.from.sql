CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer NOT NULL);
INSERT INTO app.t (id, v) VALUES (1, 7), (2, 40);
