import { ExecStreams } from '../server/docker/exec-stream.ts';
import { containerName, createOptions, volumeNames } from '../server/docker/sandbox-container.ts';
import type { SandboxSpec } from '../server/docker/sandbox-host.ts';
import { makeVolume } from '../server/docker/sandbox-volumes.ts';
import { orAbort } from './or-abort.ts';
import type { Workbench } from './workbench.ts';

/*
 * Rootless docker-in-docker as Debian ships it: dockerd-rootless.sh with its rootlesskit, in a container of our
 * image with our options. As in our own sandbox rootlesskit has no network device to set up (`--net=host`), dockerd
 * gets a network namespace of its own, and ROOTLESSKIT_STATE_DIR names nothing (drydock-init.c says why). containerd
 * is started by dockerd itself, as it is everywhere.
 */
const environment = [
  'XDG_RUNTIME_DIR=/run/user/1000',
  'HOME=/root',
  'DOCKERD=/tmp/dockerd',
  'ROOTLESSKIT_STATE_DIR=/none',
  'DOCKERD_ROOTLESS_ROOTLESSKIT_NET=host',
  'DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=none',
  'DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK=false',
];

const pidFile = '/run/user/1000/drydock.pid';

const entry = `
cat > /tmp/dockerd <<'EOF'
#!/bin/sh
echo $$ > ${pidFile}
export ROOTLESSKIT_STATE_DIR=/none
exec unshare -n sh -c 'ip link set lo up; exec dockerd "$@"' sh "$@"
EOF
chmod +x /tmp/dockerd
exec /usr/share/docker.io/contrib/dockerd-rootless.sh --data-root /var/lib/docker \\
  --userland-proxy-path /usr/sbin/docker-proxy -H unix:///run/docker.sock
`;

/*
 * One exec that waits inside: asking anew over the engine would cost 25 ms and a process each time. Looking for
 * the socket first, because the docker program itself takes 30 ms of a core.
 */
const waitUntilItAnswers = `
until [ -s ${pidFile} ]; do sleep 0.02; done
exec nsenter -U --preserve-credentials -n -m -t "$(cat ${pidFile})" sh -c '
  until [ -S /run/docker.sock ]; do sleep 0.02; done
  until docker version > /dev/null 2>&1; do sleep 0.02; done'
`;

/**
 * Makes and starts it, and resolves when `docker version` answers inside. The container is named and labelled as
 * a sandbox, so `SandboxHost.remove` removes it with its volumes.
 */
export async function startStockSandbox(bench: Workbench, spec: SandboxSpec): Promise<void> {
  const { engine } = bench;
  const volumes = volumeNames(engine.lab, spec.id);
  await makeVolume(engine, volumes.docker, spec);
  await makeVolume(engine, volumes.home, spec);
  const options = createOptions(
    engine.lab,
    { ...spec, registryVolume: null },
    { seccompProfile: bench.seccompProfile, apparmorProfile: null },
  );
  await engine.docker.createContainer({ ...options, Env: environment, Cmd: ['sh', '-c', entry] });
  await engine.docker.getContainer(containerName(engine.lab, spec.id)).start();
  const { exec, socket } = await engine.startExec(spec.id, ['sh', '-c', waitUntilItAnswers], { stdin: false });
  const streams = new ExecStreams(socket);
  streams.stdout.resume();
  streams.stderr.resume();
  try {
    await orAbort(AbortSignal.any([bench.signal, AbortSignal.timeout(60_000)]), streams.closed);
  } finally {
    streams.destroy();
  }
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`the stock rootless dockerd did not answer (exit code ${ExitCode})`);
}
