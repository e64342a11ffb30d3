-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v bigint);
INSERT INTO app.t VALUES (1, 12), (2, NULL);
