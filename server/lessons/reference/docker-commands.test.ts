import { describe, expect, it } from 'vitest';
import { dockerCommands } from './docker-commands.ts';

const names = (text: string): string[] => dockerCommands(text).map(({ name }) => name);
const options = (text: string): string[] => dockerCommands(text).flatMap((command) => command.options);

describe('commands of a shell text', () => {
  it('are named without their arguments', () => {
    expect(names('docker ps -a')).toEqual(['docker ps']);
    expect(names('docker volume create notes')).toEqual(['docker volume create']);
    expect(names('docker image inspect -f "{{.Id}}" redis')).toEqual(['docker image inspect']);
    expect(names('docker compose -f a.yaml --profile debug up -d')).toEqual(['docker compose up']);
    expect(names('docker --context far ps')).toEqual(['docker ps']);
    expect(names('docker --version')).toEqual(['docker --version']);
    expect(names('docker')).toEqual([]);
  });

  it('are found behind words that carry them out, in pipes, in loops and in $(…)', () => {
    expect(names('sudo docker ps && FOO=1 docker info')).toEqual(['docker ps', 'docker info']);
    expect(names('docker ps -aq | xargs -r docker rm -f')).toEqual(['docker ps', 'docker rm']);
    expect(names('until docker exec db pg_isready; do sleep 1; done')).toEqual(['docker exec']);
    expect(names('docker rm -f $(docker ps -aq)')).toEqual(['docker rm', 'docker ps']);
    expect(names('echo "it is $(docker inspect -f "{{.Id}}" web)"')).toEqual(['docker inspect']);
    expect(names('timeout 5 docker stats')).toEqual(['docker stats']);
    expect(names("echo 'docker ps'; # docker info")).toEqual([]);
    expect(names('echo docker')).toEqual([]);
  });

  it('stop at a here-document, and go on after it', () => {
    const text = 'docker build -t page - <<EOF\nFROM busybox\nRUN docker ps\nEOF\ndocker images';
    expect(names(text)).toEqual(['docker build', 'docker images']);
    expect(dockerCommands(text).map(({ at }) => at)).toEqual([0, 4]);
  });
});

describe('options of a command', () => {
  it('are those of Docker, not those of what runs in the container', () => {
    expect(options('docker run -d --name web -p 8080:80 busybox httpd -f -v -p 80')).toEqual(['-d', '--name', '-p']);
    expect(options('docker exec -it -u root web ls -l')).toEqual(['-i', '-t', '-u']);
    expect(options('docker compose exec --index 3 web hostname -f')).toEqual(['--index']);
    expect(options('docker top web -o pid')).toEqual([]);
  });

  it('are read where a value is joined to them, or several letters stand together', () => {
    expect(options('docker run --rm -itp80:80 --name=web busybox sh -c ls')).toEqual([
      '--rm',
      '-i',
      '-t',
      '-p',
      '--name',
    ]);
    expect(options('docker ps -aq --filter label=x')).toEqual(['-a', '-q', '--filter']);
    expect(options('docker build -t name - --pull')).toEqual(['-t', '--pull']);
    expect(options('docker compose -f a.yaml logs --tail 3')).toEqual(['-f', '--tail']);
  });
});

describe('the line of a command', () => {
  it('goes on after a backslash and inside quotes', () => {
    const text = 'docker run --rm \\\n  busybox sh -c "echo one\necho two"\ndocker ps';
    expect(dockerCommands(text).map(({ line, at }) => [line.split('\n').length, at])).toEqual([
      [3, 0],
      [1, 3],
    ]);
  });

  it('is read once, however many lines an open quote joins to it', () => {
    const began = performance.now();
    expect(dockerCommands(`docker run busybox echo '${'ab\n'.repeat(100_000)}'`)).toHaveLength(1);
    // Reading all of them again at each line took minutes.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('is alone without a pipe, a second command or a redirection', () => {
    const alone = (text: string): boolean[] => dockerCommands(text).map((command) => command.isAlone);
    expect(alone('docker ps --format "{{.Names}} > x"')).toEqual([true]);
    expect(alone('docker ps | head')).toEqual([false]);
    expect(alone('docker logs web > log.txt')).toEqual([false]);
    expect(alone('cd /tmp && docker ps')).toEqual([false]);
    expect(alone('docker rm "$(docker ps -lq)"')).toEqual([false, false]);
  });
});
