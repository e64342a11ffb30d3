CREATE SCHEMA app;
CREATE TABLE app.kept (id integer PRIMARY KEY, note text);
INSERT INTO app.kept VALUES (1, 'a'), (2, 'b');
