CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text);
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
CREATE INDEX i ON app.t (a);
