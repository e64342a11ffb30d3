CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer DEFAULT 5);
INSERT INTO app.t VALUES (1, 12), (2, NULL);
