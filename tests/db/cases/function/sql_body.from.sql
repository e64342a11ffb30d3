CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v text);
INSERT INTO app.t VALUES (1, 'x');
CREATE FUNCTION app.f(a integer DEFAULT 1) RETURNS text RETURN (SELECT v FROM app.t WHERE id = a);
