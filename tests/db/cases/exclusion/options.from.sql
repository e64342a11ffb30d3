CREATE SCHEMA app;
CREATE EXTENSION btree_gist SCHEMA public;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT e EXCLUDE USING gist (a WITH =) WHERE (b > 0));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
