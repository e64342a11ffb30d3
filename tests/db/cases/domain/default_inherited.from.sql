CREATE SCHEMA app;
CREATE DOMAIN app.one AS integer DEFAULT 1;
CREATE DOMAIN app.two AS app.one;
CREATE TABLE app.t (id integer PRIMARY KEY, v app.two);
INSERT INTO app.t VALUES (1, 1);
