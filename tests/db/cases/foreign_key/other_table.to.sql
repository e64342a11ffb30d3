-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.p (x integer PRIMARY KEY, y integer, UNIQUE (x, y));
INSERT INTO app.p VALUES (1, 1), (2, 2);
CREATE TABLE app.q (z integer UNIQUE);
INSERT INTO app.q VALUES (1), (2);
CREATE TABLE app.t (b integer CONSTRAINT f REFERENCES app.q (z));
INSERT INTO app.t VALUES (1);
