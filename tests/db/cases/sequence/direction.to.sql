-- differences: 2
CREATE SCHEMA app;
CREATE SEQUENCE app.s INCREMENT -1 MINVALUE 1 MAXVALUE 1000 START 500;
SELECT nextval('app.s');
SELECT nextval('app.s');
