-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT u UNIQUE (b) INCLUDE (c) WITH (fillfactor = 60));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
