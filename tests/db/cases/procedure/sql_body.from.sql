CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
INSERT INTO app.t VALUES (1, 'x');
CREATE PROCEDURE app.p(a integer) BEGIN ATOMIC DELETE FROM app.t WHERE id = a; END;
