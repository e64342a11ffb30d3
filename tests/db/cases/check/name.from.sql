CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT k CHECK (b > 0));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
