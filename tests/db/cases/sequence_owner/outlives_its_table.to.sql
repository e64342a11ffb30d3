-- loses: app.a
CREATE SCHEMA app;
CREATE SEQUENCE app.a_id_seq AS integer;
SELECT nextval('app.a_id_seq');
