export { CustomerEntity } from './customer.entity';
export { CustomerQuery, type CustomerListFilter } from './customer.query';
export { CustomerStore } from './customer.store';
