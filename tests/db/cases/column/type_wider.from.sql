CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v character varying(10));
INSERT INTO app.t VALUES (1, 'abc'), (2, NULL);
