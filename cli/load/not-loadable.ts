/** Why nothing can be loaded as it was asked, in words for the person who asked. */
export class NotLoadable extends Error {
  override name = 'NotLoadable';
}
