-- superuser
CREATE SCHEMA app;
