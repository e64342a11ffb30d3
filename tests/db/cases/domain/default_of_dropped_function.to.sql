-- differences: 2
CREATE SCHEMA app;
CREATE DOMAIN app.d AS integer DEFAULT 1;
CREATE TABLE app.t (id integer, v app.d);
INSERT INTO app.t (id) VALUES (1);
