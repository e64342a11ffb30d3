-- differences: 1
-- loses: app.t.v
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v integer);
INSERT INTO app.t VALUES (1, 1), (2, 0);
