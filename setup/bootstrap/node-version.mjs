const needed = [20, 19];

/**
 * Why Drydock cannot run on this Node, in words, or null when it can.
 * @param {string} version as in process.versions.node
 * @param {string} platform
 * @returns {string | null}
 */
export function nodeProblem(version, platform) {
  if (platform === 'win32') {
    return 'Drydock runs on Linux and macOS. On Windows, use it inside WSL 2: wsl --install, then clone and start it there.';
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return null;
  return [
    `Drydock needs Node.js ${needed.join('.')} or newer; this is ${version} (${process.execPath}).`,
    'Install a newer one from https://nodejs.org, or with a version manager: nvm install 22',
  ].join('\n');
}
