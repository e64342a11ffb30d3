-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.t (id bigserial, v text);
INSERT INTO app.t (v) VALUES (1);
