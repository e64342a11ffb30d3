CREATE SCHEMA app;
CREATE TABLE app.other (id integer);
INSERT INTO app.other VALUES (1);
