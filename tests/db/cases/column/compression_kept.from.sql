CREATE SCHEMA app;
CREATE TABLE app.notes (id integer PRIMARY KEY, note text COMPRESSION pglz COLLATE "C");
ALTER TABLE app.notes ALTER note SET STORAGE MAIN;
INSERT INTO app.notes VALUES (1, 'a');
