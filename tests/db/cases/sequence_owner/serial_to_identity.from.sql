CREATE SCHEMA app;
CREATE TABLE app.t (id serial, v text);
INSERT INTO app.t (v) VALUES (1);
