/**
 * Whether a user of an image or container is the one that is wanted. Where no group is wanted any will do:
 * `1000:1000` is the user `1000`. Nothing is root, as Docker has it.
 */
export function isSameUser(user: string, wanted: string): boolean {
  const name = wanted.includes(':') ? user : (user.split(':')[0] ?? '');
  return name === wanted || (isRoot(name) && isRoot(wanted));
}

function isRoot(user: string): boolean {
  return user === '' || user === 'root' || user === '0';
}
