create table ships (id serial primary key, name text not null);
insert into ships (name) values ('Aurora'), ('Brisa'), ('Corvo');
