-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, up integer REFERENCES app.t ON DELETE CASCADE);
INSERT INTO app.t VALUES (1, NULL), (2, 1);
