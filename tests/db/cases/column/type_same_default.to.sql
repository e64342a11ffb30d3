-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, v character varying(20) DEFAULT 'x');
INSERT INTO app.t VALUES (1, 'abc'), (2, NULL);
