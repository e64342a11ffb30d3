CREATE SCHEMA app;
CREATE TABLE app.t (a integer, b text);
INSERT INTO app.t VALUES (1, 'x'), (2, 'y');
