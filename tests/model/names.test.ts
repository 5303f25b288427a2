import { describe, expect, it } from 'vitest';
import { withArticle } from '../../src/model/names.ts';

describe('a type in a message', () => {
  it.each([
    'an Account',
    'an Order',
    'an Item',
    'an Event',
    'an Upload',
    'an underlying',
    'a Customer',
    'a User',
    'a Unit',
    'a Usage',
    'a Euro',
    'a _Row',
    'an Usher',
  ])('has the article that it is spoken with: %s', (phrase) => {
    expect(withArticle(phrase.split(' ')[1]!)).toBe(phrase);
  });
});
