export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 21.5h3.5l3-11 4 14 2.8-8H24" />
    </svg>
  );
}
