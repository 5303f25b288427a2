/** Whether views ask again by themselves: not while nobody can see them, and not while they are paused. */
import { computed, signal } from '@preact/signals';

export const isPaused = signal(false);

const isVisible = signal(!document.hidden);
document.addEventListener('visibilitychange', () => {
  isVisible.value = !document.hidden;
});

export const isLive = computed(() => isVisible.value && !isPaused.value);
