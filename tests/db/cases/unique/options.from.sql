CREATE SCHEMA app;
CREATE TABLE app.t (a integer NOT NULL, b integer, c text, CONSTRAINT u UNIQUE (b) WITH (fillfactor = 80, deduplicate_items = off));
INSERT INTO app.t VALUES (1, 1, 'x'), (2, 2, 'y');
